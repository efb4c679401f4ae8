"""What anybody may read, and the pages of sign-in, registration and one's own account."""
