"""The drop: an SFTP server into which other systems push their exports, for institutions that have none."""
