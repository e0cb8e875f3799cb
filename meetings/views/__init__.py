"""Pages of meetings and local reports."""
