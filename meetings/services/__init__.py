"""What may be done with meetings. Every service is keyword-only, takes ``actor`` and checks the policy."""
