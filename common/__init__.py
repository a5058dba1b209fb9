"""Code that every app uses and no domain owns: errors and findings, the actor, the audit, text, secrets, SSH."""
