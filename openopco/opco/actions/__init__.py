"""What people change in this room: opinions, and what administrators decide by dates."""
