"""An app of the tests alone: worked examples of migrations that a school at work does not notice, and of others."""
