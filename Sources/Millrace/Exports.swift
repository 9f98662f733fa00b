// Whoever imports Millrace has what its own declarations are made of.
@_exported public import MillraceImages
@_exported public import MillraceNetwork
@_exported public import MillracePipeline
@_exported public import MillraceRandom
@_exported public import MillraceThreads
