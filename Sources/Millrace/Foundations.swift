// What networks compute with: random numbers, threads and vectors.
@_exported public import struct MillraceRandom.KeyedBits
@_exported public import struct MillraceRandom.KeyedRandom
@_exported public import enum MillraceRandom.RandomPurpose
@_exported public import struct MillraceRandom.StreamName
@_exported public import class MillraceThreads.Monitor
@_exported public import enum MillraceThreads.MonotonicClock
@_exported public import enum MillraceThreads.ThreadError
@_exported public import class MillraceThreads.WorkerTeam
@_exported public import class MillraceThreads.WorkerThread
@_exported public import let MillraceThreads.processorCount
@_exported public import class MillraceShards.FlatVector
@_exported public import protocol MillraceShards.ProcessGroup
@_exported public import struct MillraceShards.ShardPlan
@_exported public import class MillraceShards.ShardedInference
@_exported public import class MillraceShards.SingleProcess
