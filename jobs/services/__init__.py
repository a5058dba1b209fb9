"""The verbs on jobs: one function each, imported from its own module.

This package imports none of them: a command that needs one starts without all the others.
"""
