"""The REST face: it parses, calls one service function, answers."""
