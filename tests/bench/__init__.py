"""The benchmark measures what it says, on both sides of a comparison alike; no timing is asserted."""
