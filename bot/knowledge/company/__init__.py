"""The company's own words: what people call things here, weighed by who said them and what came of it."""
