// command: print
func.func @main() -> tensor<f32> {
  %0 = stablehlo.constant dense<[[1.000000e+00, -2.5], [0x7FC00000, 0xFF800000]]> : tensor<2x2xf32>
  %1 = stablehlo.constant dense<[1.401300e-45, 3.40282347E+38, -0.0, 0.1]> : tensor<4xf32>
  %2 = stablehlo.constant dense<[0x7E00, 0x3C01, 65504.0, 1.0e-8]> : tensor<4xf16>
  %3 = stablehlo.constant dense<[0x7FC0, 3.389531e+38, 0.333]> : tensor<3xbf16>
  %4 = stablehlo.constant dense<[1.0e300, 4.9406564584124654e-324, 0x7FF8000000000001]> : tensor<3xf64>
  %5 = stablehlo.constant dense<[(1.0, -2.0), (0x7FC00000, 0.0)]> : tensor<2xcomplex<f32>>
  %6 = stablehlo.constant dense<(1.000000e+00,2.000000e+00)> : tensor<3xcomplex<f64>>
  %7 = stablehlo.constant dense<[true, false, true]> : tensor<3xi1>
  %8 = stablehlo.constant dense<1> : tensor<2xi1>
  %9 = stablehlo.constant dense<[-128, 127, 255, 0xFF]> : tensor<4xi8>
  %10 = stablehlo.constant dense<[0, 18446744073709551615]> : tensor<2xui64>
  %11 = stablehlo.constant dense<[-9223372036854775808, 9223372036854775807]> : tensor<2xi64>
  %12 = stablehlo.constant dense<> : tensor<0x3xf32>
  %13 = stablehlo.constant dense<7> : tensor<1000000x1000000xi32>
  %14 = stablehlo.constant dense<5> : tensor<1x1xi16>
  %15 = stablehlo.constant dense<"0x0000803F000000C0"> : tensor<2xf32>
  %16 = stablehlo.constant dense<"0x0000803F"> : tensor<2xf32>
  %17 = stablehlo.constant dense<"0x000101000101"> : tensor<2x3xi1>
  %18 = stablehlo.constant dense<"0xFF"> : tensor<5xi1>
  %19 = stablehlo.constant dense<"0x000000000000F03F0000000000000040"> : tensor<complex<f64>>
  %20 = stablehlo.constant dense<[[[]]]> : tensor<1x1x0xi32>
  %21 = stablehlo.constant dense<0.0> : tensor<0xf32>
  %22 = stablehlo.constant dense<2.0> : tensor<f32>
  return %22 : tensor<f32>
}
// expected:
module {
  func.func public @main() -> tensor<f32> {
    %cst = stablehlo.constant dense<[[1.0, -2.5], [0x7FC00000, 0xFF800000]]> : tensor<2x2xf32>
    %cst_0 = stablehlo.constant dense<[1.0e-45, 3.4028235e+38, -0.0, 0.1]> : tensor<4xf32>
    %cst_1 = stablehlo.constant dense<[0x7E00, 1.001, 65504.0, 0.0]> : tensor<4xf16>
    %cst_2 = stablehlo.constant dense<[0x7FC0, 3.39e+38, 0.332]> : tensor<3xbf16>
    %cst_3 = stablehlo.constant dense<[1.0e+300, 5.0e-324, 0x7FF8000000000001]> : tensor<3xf64>
    %cst_4 = stablehlo.constant dense<[(1.0, -2.0), (0x7FC00000, 0.0)]> : tensor<2xcomplex<f32>>
    %cst_5 = stablehlo.constant dense<(1.0, 2.0)> : tensor<3xcomplex<f64>>
    %c = stablehlo.constant dense<[true, false, true]> : tensor<3xi1>
    %c_0 = stablehlo.constant dense<true> : tensor<2xi1>
    %c_1 = stablehlo.constant dense<[-128, 127, -1, -1]> : tensor<4xi8>
    %c_2 = stablehlo.constant dense<[0, 18446744073709551615]> : tensor<2xui64>
    %c_3 = stablehlo.constant dense<[-9223372036854775808, 9223372036854775807]> : tensor<2xi64>
    %cst_6 = stablehlo.constant dense<> : tensor<0x3xf32>
    %c_4 = stablehlo.constant dense<7> : tensor<1000000x1000000xi32>
    %c_5 = stablehlo.constant dense<5> : tensor<1x1xi16>
    %cst_7 = stablehlo.constant dense<[1.0, -2.0]> : tensor<2xf32>
    %cst_8 = stablehlo.constant dense<1.0> : tensor<2xf32>
    %c_6 = stablehlo.constant dense<[[false, true, true], [false, true, true]]> : tensor<2x3xi1>
    %c_7 = stablehlo.constant dense<true> : tensor<5xi1>
    %cst_9 = stablehlo.constant dense<(1.0, 2.0)> : tensor<complex<f64>>
    %c_8 = stablehlo.constant dense<> : tensor<1x1x0xi32>
    %cst_10 = stablehlo.constant dense<> : tensor<0xf32>
    %cst_11 = stablehlo.constant dense<2.0> : tensor<f32>
    return %cst_11 : tensor<f32>
  }
}
