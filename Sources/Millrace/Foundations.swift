// What networks compute with: random numbers, threads and vectors.
@_exported public import struct MillraceRandom.KeyedRandom
@_exported public import class MillraceShards.FlatVector
@_exported public import enum MillraceThreads.ThreadError
@_exported public import class MillraceThreads.WorkerTeam
