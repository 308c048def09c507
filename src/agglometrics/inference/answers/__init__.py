"""What an estimate is made of: confidence sets on the line, and covariances."""
