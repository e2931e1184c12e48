// target: hardware
// dispatches: 2
module @embedding {
  func.func public @main(%t: tensor<50x16xf32>, %i: tensor<23xi32>) -> tensor<23x16xf32> {
    %c = stablehlo.constant dense<0> : tensor<i32>
    %0 = stablehlo.broadcast_in_dim %c, dims = [] : (tensor<i32>) -> tensor<23xi32>
    %1 = stablehlo.compare LT, %i, %0 : (tensor<23xi32>, tensor<23xi32>) -> tensor<23xi1>
    %c_0 = stablehlo.constant dense<50> : tensor<i32>
    %2 = stablehlo.broadcast_in_dim %c_0, dims = [] : (tensor<i32>) -> tensor<23xi32>
    %3 = stablehlo.add %i, %2 : tensor<23xi32>
    %4 = stablehlo.select %1, %3, %i : tensor<23xi1>, tensor<23xi32>
    %5 = stablehlo.reshape %4 : (tensor<23xi32>) -> tensor<23x1xi32>
    %6 = "stablehlo.gather"(%t, %5) <{dimension_numbers = #stablehlo.gather<offset_dims = [1], collapsed_slice_dims = [0], start_index_map = [0], index_vector_dim = 1>, slice_sizes = array<i64: 1, 16>}> : (tensor<50x16xf32>, tensor<23x1xi32>) -> tensor<23x16xf32>
    %c_1 = stablehlo.constant dense<49> : tensor<1xi32>
    %7 = stablehlo.broadcast_in_dim %c_1, dims = [1] : (tensor<1xi32>) -> tensor<23x1xi32>
    %8 = stablehlo.compare LE, %5, %7 : (tensor<23x1xi32>, tensor<23x1xi32>) -> tensor<23x1xi1>
    %c_2 = stablehlo.constant dense<0> : tensor<i32>
    %9 = stablehlo.broadcast_in_dim %c_2, dims = [] : (tensor<i32>) -> tensor<23x1xi32>
    %10 = stablehlo.compare GE, %5, %9 : (tensor<23x1xi32>, tensor<23x1xi32>) -> tensor<23x1xi1>
    %11 = stablehlo.and %10, %8 : tensor<23x1xi1>
    %c_3 = stablehlo.constant dense<true> : tensor<i1>
    %12 = stablehlo.reduce(%11 init: %c_3) applies stablehlo.and across dimensions = [1] : (tensor<23x1xi1>, tensor<i1>) -> tensor<23xi1>
    %13 = stablehlo.broadcast_in_dim %12, dims = [0] : (tensor<23xi1>) -> tensor<23x16xi1>
    %cst = stablehlo.constant dense<0x7FC00000> : tensor<f32>
    %14 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<23x16xf32>
    %15 = stablehlo.select %13, %6, %14 : tensor<23x16xi1>, tensor<23x16xf32>
    return %15 : tensor<23x16xf32>
  }
}
