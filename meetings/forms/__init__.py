"""Forms of meetings and local reports."""
