"""The promises of the design, each tried over many shapes, seeds and moments."""
