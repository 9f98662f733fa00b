package import MillraceWorkshop

/// Benchmarks for people: the rate, where the time goes, how it scales, and the conclusion.
package enum BenchmarkText {
  /// The text of a loader benchmark.
  package static func lines(_ result: LoaderBenchmark.Result, width: Int?) -> [String] {
    var scaling = TextTable([
      .number("loaders"), .number("images/s"), .number("from"), .number("to"), .number("waited"),
    ])
    for row in result.scaling {
      scaling.add([
        String(row.loaders), Figures.rate(row.imagesPerSecond), Figures.rate(row.imagesPerSecondLow),
        Figures.rate(row.imagesPerSecondHigh), Figures.percent(row.loaderWait, digits: 0),
      ])
    }
    return namedLines([
      (
        "loading",
        "\(Figures.rate(result.imagesPerSecond)) images/s with \(Figures.count(result.loaders, "loader"))"
      ),
      ("data", images(result.images, cache: result.cache, bad: result.badFiles)),
    ]) + [""] + stages(result.stages, width: width) + [""] + scaling.lines(width: width) + [
      "", result.verdict,
    ]
  }

  /// The text of an all-reduce benchmark.
  package static func lines(_ result: AllReduceBenchmark.Result, width: Int?) -> [String] {
    var table = TextTable([
      .number("MB"), .number("fixed tree GB/s"), .number("MPI_Allreduce GB/s"), .number("ratio"),
    ])
    for size in result.sizes {
      table.add([
        Figures.fixed(size.megabytes, 0), Figures.fixed(size.fixedTree, 2), Figures.fixed(size.anyOrder, 2),
        Figures.fixed(size.ratio, 2),
      ])
    }
    return namedLines([
      ("ranks", "\(result.ranks) on \(result.hosts.map(\.printable).joined(separator: ", "))")
    ]) + [""] + table.lines(width: width) + ["", result.verdict]
  }

  /// The text of a compute benchmark.
  package static func lines(_ result: ComputeBenchmark.Result, width: Int?) -> [String] {
    var scaling = TextTable([
      .number("workers"), .number("images/s"), .number("from"), .number("to"), .number("GFLOP/s"),
      .number("GEMM"), .number("share"), .number("products"),
    ])
    for row in result.scaling {
      scaling.add([
        String(row.workers), Figures.rate(row.imagesPerSecond), Figures.rate(row.imagesPerSecondLow),
        Figures.rate(row.imagesPerSecondHigh), Figures.rate(row.gigaflops), Figures.rate(row.sgemmGigaflops),
        Figures.percent(row.shareOfSGEMM, digits: 0),
        row.productShare.map { Figures.percent($0, digits: 0) } ?? "–",
      ])
    }
    return namedLines([
      (
        "computing",
        "\(Figures.rate(result.imagesPerSecond)) images/s with \(Figures.count(result.workers, "worker"))"
      ),
      ("network", Figures.widths(result.widths)),
      (
        "minibatch", "\(Figures.count(result.batchSize, "image")) in \(Figures.count(result.shards, "shard"))"
      ),
      ("products", result.kernels),
    ]) + [""] + scaling.lines(width: width) + [""] + result.verdict.wrapped(columns: width)
  }

  /// The text of a benchmark of whole training.
  package static func lines(_ result: TrainBenchmark.Result, width: Int?) -> [String] {
    namedLines([
      ("training", "\(Figures.rate(result.imagesPerSecond)) images/s"),
      (
        "spread",
        "\(Figures.rate(result.imagesPerSecondLow)) to \(Figures.rate(result.imagesPerSecondHigh)) images/s"
      ),
      ("workers", "\(result.workers), waited \(Figures.percent(result.computeWait)) of the time for data"),
      ("loaders", "\(result.loaders), waited \(Figures.percent(result.loaderWait)) of the time for room"),
      ("network", Figures.widths(result.widths)),
      ("minibatch", Figures.count(result.batchSize, "image")),
      ("data", images(result.images, cache: result.cache, bad: result.badFiles)),
    ]) + [""] + stages(result.stages, width: width) + [""] + result.verdict.wrapped(columns: width)
  }

  private static func images(_ count: Int, cache: CachedImages, bad: Int) -> String {
    let cached =
      cache.images > 0
      ? ", \(Figures.count(cache.images)) of them cached in \(Figures.bytes(cache.bytes))" : ", none cached"
    return Figures.count(count, "image") + cached
      + (bad > 0 ? ", \(Figures.count(bad)) of them not usable" : "")
  }

  private static func stages(_ stages: StageShares, width: Int?) -> [String] {
    var table = TextTable([.text("stage of an image"), .number("µs"), .number("share")])
    for (name, stage) in stages.all where stage.microsecondsPerImage > 0 {
      table.add([
        name, Figures.rate(stage.microsecondsPerImage), Figures.percent(stage.share, digits: 0),
      ])
    }
    return table.lines(width: width)
  }
}
