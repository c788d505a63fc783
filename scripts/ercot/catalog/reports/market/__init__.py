"""Reports of prices and of the system, published before or with the market, and their corrections and histories."""
