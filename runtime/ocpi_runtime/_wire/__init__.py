"""What clients and servers exchange: the envelope, the record of an exchange."""
