// The library's face: who imports Millrace sees the types that its own declarations speak of.
@_exported public import MillraceImages
@_exported public import MillraceNetwork
@_exported public import MillracePipeline
@_exported public import MillraceThreads
