"""The words people read: catalogues in Russian and English, and the cards drawn with them."""
