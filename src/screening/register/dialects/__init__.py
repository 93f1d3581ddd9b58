"""The dialects that the register comes in: each a way to the same table of text."""
