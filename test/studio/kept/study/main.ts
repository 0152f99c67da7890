/** @file What the other page alone is made of. */
document.title = "study";
