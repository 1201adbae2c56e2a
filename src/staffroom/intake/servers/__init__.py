"""Files on other machines: SFTP servers and S3 buckets, signed in to, listed, read in order."""
