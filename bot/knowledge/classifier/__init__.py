"""How likely a text belongs to each class: what is seen of it, how it is learnt, and what was learnt beforehand."""
