import Testing

@testable import MillraceTraining

struct SettingReachTests {
  @Test func `Each name stands once, and each setting acts on something`() {
    let keys = ConfigurationSetting.all.map(\.key)
    #expect(Set(keys).count == keys.count)
    #expect(ConfigurationSetting.keys { $0.reach.isEmpty }.isEmpty)
  }

  @Test func `What decides nothing of a model is known`() {
    #expect(
      ConfigurationSetting.keys { $0.bearing != .result } == [
        "data", "labels", "val", "evaluate-test", "layout", "init-weights", "on-bad-file", "max-bad",
        "workers", "loaders",
        "queue",
        "cache",
        "checkpoint-interval",
      ])
  }

  @Test func `What does nothing in a part of a run is known`() {
    func idle(_ reach: SettingReach) -> Set<String> {
      ConfigurationSetting.keys { $0.reach.isDisjoint(with: reach) }
    }
    let run: Set = [
      "init-weights", "epochs", "schedule", "warmup-epochs", "dsd", "patience", "min-delta", "monitor",
      "evaluate-test", "refit", "calibrate", "ensemble", "max-bad", "checkpoint-interval",
    ]
    #expect(idle([.images, .loading, .step]) == run)
    let step: Set = [
      "stem", "hidden", "activation", "dropout", "input-dropout", "batch-norm", "precision", "loss",
      "output-activation", "init",
      "init-bias", "freeze", "label-smoothing", "optimizer", "lr", "momentum", "weight-decay", "l1",
      "elastic-net",
      "elastic-ratio", "max-norm", "clip-norm", "ema", "shards", "workers",
    ]
    #expect(idle([.images, .loading]) == run.union(step))
    #expect(idle(.images) == run.union(step).union(["on-bad-file", "loaders", "queue", "cache"]))
  }
}
