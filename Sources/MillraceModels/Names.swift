// Names of other rooms that this one's declarations are made of, for programs that import it alone.
@_exported public import struct MillraceImages.AugmentationPolicy
@_exported public import enum MillraceImages.Channels
@_exported public import struct MillraceImages.DecodeLimits
@_exported public import struct MillraceImages.Image
@_exported public import enum MillraceImages.ImageError
@_exported public import struct MillraceImages.ImageSize
@_exported public import struct MillraceImages.Normalization
@_exported public import struct MillraceImages.Preprocessing
@_exported public import struct MillraceNetwork.LossSum
@_exported public import struct MillraceNetwork.NetworkConfiguration
@_exported public import enum MillraceNetwork.ProductPrecision
@_exported public import struct MillracePipeline.BadSample
@_exported public import enum MillracePipeline.BadSamplePolicy
@_exported public import struct MillracePipeline.Dataset
@_exported public import enum MillracePipeline.DatasetError
@_exported public import struct MillracePipeline.MeasuredImages
@_exported public import struct MillracePipeline.SkippedSample
