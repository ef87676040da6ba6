"""Objects of OCPI as the platform stores them: its own and those of partners."""
