"""Items of EC2's Describe calls, one file per kind of resource; connections have their own."""
