"""What a report says, apart from any format and from Django."""
