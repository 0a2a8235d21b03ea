"""What templates can say: tags and filters, which other modules give their values."""
