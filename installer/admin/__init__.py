"""The admin console: one module per app, registered when Django looks for ``admin`` modules."""
