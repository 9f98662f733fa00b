/* libwebp: who lacks it builds without, see CImageCodecs. Its headers stay out of here: they are for C compilers. */
