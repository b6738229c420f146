"""What may begin: calls to models (rate limits, quotas, the meter), transcripts (memory), and pairs when a scan ends early."""
