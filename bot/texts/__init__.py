"""The texts people read: catalogues in Russian and English, and card templates."""
