"""The REST API: each endpoint parses a request, calls one service function and formats the answer."""
