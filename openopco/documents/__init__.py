"""Documents: upload, inspection by content in a limited child, antivirus, keeping, serving."""
