import MillraceThreads

// A data race on purpose: two workers of a team add to one number without a lock. Scripts/races lets ThreadSanitizer
// find it, so that its silence about everything else means something.

nonisolated(unsafe) let shared = UnsafeMutablePointer<Int>.allocate(capacity: 1)
shared.initialize(to: 0)
let team = try WorkerTeam(count: 2)
try team.run { _ in
  for _ in 0..<1000 { shared.pointee += 1 }
}
team.shutdown()
print(shared.pointee)
