"""What leaves the system: books, reports and the record of who printed them."""
