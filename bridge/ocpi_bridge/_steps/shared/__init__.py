"""What the steps between several versions share."""
