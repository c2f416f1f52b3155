"""Pure parts of the scan for duplicates: what is preferred, which frames are neighbours, which groups become one."""
