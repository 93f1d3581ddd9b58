"""The shipped default municipality: made-up data in the dialects of the real files."""

from screening.synthetic.write import ASSUMPTION_SET, FILES, make_replica

__all__ = ["ASSUMPTION_SET", "FILES", "make_replica"]
