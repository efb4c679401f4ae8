"""What templates may use without loading it: icons, and the French of dates, amounts and numbers."""
