"""One small module per tool: text in, frozen dataclasses out, ``ParseError`` for everything else."""
