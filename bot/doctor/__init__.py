"""What an installation lacks, each thing with its cure: asked of Telegram by calls that change nothing, and of the database."""
