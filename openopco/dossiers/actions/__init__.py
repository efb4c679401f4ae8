"""What is done to a request, one module for each part of its life."""
