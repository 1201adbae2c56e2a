"""What archives hold: zip, gz and plain, believed only where they cannot do harm."""
