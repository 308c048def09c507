"""What is wrong with the raw tables: audits, schemas, coverage."""
