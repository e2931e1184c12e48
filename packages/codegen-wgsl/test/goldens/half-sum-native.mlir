// target: halves
// dispatches: 1
module @half_sum_native {
  func.func public @main(%x: tensor<37x12xf16>, %y: tensor<12xf16>) -> tensor<37x12xf16> {
    %0 = stablehlo.broadcast_in_dim %y, dims = [1] : (tensor<12xf16>) -> tensor<37x12xf16>
    %1 = stablehlo.add %x, %0 : tensor<37x12xf16>
    return %1 : tensor<37x12xf16>
  }
}
