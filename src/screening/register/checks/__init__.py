"""What the register says that cannot be, and what should be mended."""
