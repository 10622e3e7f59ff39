"""Files brought in: read, mapped to fields, planned with every problem named, then written (R60–R66)."""
